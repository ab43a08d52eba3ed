"""The graph as a graph: what stands in its middle, falls apart, hangs together, contradicts itself or is only implied.

Everything starts from ties (``kg.structure.ties``), made of rows of the question ``findings-by-pair``; nothing here
knows a store.
"""
