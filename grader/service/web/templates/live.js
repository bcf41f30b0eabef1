// Asks how a hand-in stands, and shows its report as soon as it is there.
{
  const live = document.getElementById("live");
  const place = document.getElementById("place");
  let pause = Number(live.dataset.pauseS);
  const look = async () => {
    try {
      const answer = await fetch(live.dataset.state, {headers: {Accept: "application/json"}});
      if (answer.ok) {
        const state = await answer.json();
        if (state.is_ready) {
          location.reload();
          return;
        }
        if (place.textContent !== state.sentence) place.textContent = state.sentence;
        pause = state.pause_s;
      } else {
        pause = Math.min(60, 2 * pause);
      }
    } catch {
      pause = Math.min(60, 2 * pause);
    }
    setTimeout(look, 1000 * pause);
  };
  setTimeout(look, 1000 * pause);
}
