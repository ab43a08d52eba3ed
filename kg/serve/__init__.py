"""What others ask over HTTP: documents of linked data and a SPARQL endpoint, as routes that an application mounts."""
