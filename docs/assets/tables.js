// A table that scrolls can be reached by keyboard, and then scrolled by it.
window.addEventListener("load", () => requestAnimationFrame(() => {
  for (const one of document.querySelectorAll(".md-typeset__scrollwrap")) {
    one.tabIndex = 0;
    one.setAttribute("role", "group");
    one.setAttribute("aria-label", "Table");
  }
}));
