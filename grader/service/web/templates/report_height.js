// Makes the frame of a report as high as the report, so that only the page scrolls.
{
  const frame = document.getElementById("report");
  const fit = () => {
    const inside = frame.contentDocument && frame.contentDocument.documentElement;
    // Not scrollHeight, which is never less than the frame is high.
    if (inside) frame.style.height = `${Math.ceil(inside.getBoundingClientRect().height) + 2}px`;
  };
  const watch = () => {
    if (!frame.contentDocument) return;
    new ResizeObserver(fit).observe(frame.contentDocument.body);
    fit();
  };
  frame.addEventListener("load", watch);
  if (frame.contentDocument && frame.contentDocument.readyState === "complete") watch();
}
