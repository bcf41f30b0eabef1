// Loads the page again once something in the class has changed, unless somebody is using it.
{
  const live = document.getElementById("live");
  const pause = 1000 * Number(live.dataset.pauseS);
  const isBusy = () => document.hidden || document.activeElement.matches("input, select, textarea")
    || document.querySelector("main details[open]");
  const look = async () => {
    try {
      const answer = await fetch(live.dataset.state, {headers: {Accept: "application/json"}});
      if (answer.ok && (await answer.json()).version !== live.dataset.version && !isBusy()) {
        location.reload();
        return;
      }
    } catch {}
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}
