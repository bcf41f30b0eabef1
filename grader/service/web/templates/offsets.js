// Shows the moments of a form in the reader's own time zone, with its offset from UTC.
for (const form of document.querySelectorAll("form[data-offset]")) {
  const offset = form.querySelector("[name=offset]");
  const fields = [...form.querySelectorAll("input[type=datetime-local]")];
  const pad = (number) => String(number).padStart(2, "0");
  const show = (when) => {
    const minutes = -when.getTimezoneOffset();
    const size = Math.abs(minutes);
    return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
  };
  const local = (when) => `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())}`
    + `T${pad(when.getHours())}:${pad(when.getMinutes())}:${pad(when.getSeconds())}`;
  // What was given before and refused is left as it is.
  if (offset.value === "+00:00") {
    const moments = fields.map((field) => field.value && new Date(`${field.value}Z`));
    const last = moments.filter(Boolean).pop() || new Date();
    offset.value = show(last);
    moments.forEach((when, place) => {
      if (when) {
        const shifted = new Date(when.getTime() + 60000 * (when.getTimezoneOffset() - last.getTimezoneOffset()));
        fields[place].value = local(shifted);
      }
    });
  }
}
