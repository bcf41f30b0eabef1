// Shows moments in the reader's own time zone.
for (const one of document.querySelectorAll("time[datetime]")) {
  const when = new Date(one.dateTime);
  if (!isNaN(when)) {
    one.title = one.textContent;
    one.textContent = when.toLocaleString(undefined, {
      year: "numeric", month: "short", day: "numeric",
      hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
    });
  }
}
