// Loads the page again after a while, unless it is not looked at or a form on it is in use.
{
  const pause = 1000 * Number(document.getElementById("reload").dataset.pauseS);
  const look = () => {
    if (document.hidden || document.activeElement.matches("input, select, textarea, button")) {
      setTimeout(look, pause);
    } else {
      location.reload();
    }
  };
  if (pause) setTimeout(look, pause);
}
