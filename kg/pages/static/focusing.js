// Where a pointer or the keyboard rests on a construct or an edge of the network, everything apart from it steps back.
export function focusing(network) {
  const frame = network.parentElement;
  if (network.querySelector(".middle")) frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
  const parts = [...network.querySelectorAll("[data-ends]")];
  const rest = () => parts.forEach((part) => part.classList.remove("back"));
  parts.forEach((part) => {
    const ends = part.dataset.ends.split(" ");
    const near = (other) => other.dataset.ends.split(" ").some((end) => ends.includes(end));
    const shown = ends.length > 1 ? (other) => other === part || (other.dataset.ends.indexOf(" ") < 0 && near(other)) : near;
    const focus = () => parts.forEach((other) => other.classList.toggle("back", !shown(other)));
    const reached = part.closest("a") ?? part;
    reached.addEventListener("pointerenter", focus);
    reached.addEventListener("focusin", focus);
    reached.addEventListener("pointerleave", rest);
    reached.addEventListener("focusout", rest);
  });
}
