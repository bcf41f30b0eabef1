// Says at once if a file is too large, instead of sending it in vain.
{
  const form = document.querySelector("form[data-max-bytes]");
  const note = document.getElementById("too-large");
  const files = document.getElementById("files");
  const check = () => {
    const size = [...files.files].reduce((sum, file) => sum + file.size, 0);
    const isTooLarge = size > Number(form.dataset.maxBytes);
    note.textContent = isTooLarge ? "This is larger than what can be handed in." : "";
    return !isTooLarge;
  };
  if (form) {
    files.addEventListener("change", check);
    form.addEventListener("submit", (event) => {
      if (!check()) event.preventDefault();
    });
  }
}
