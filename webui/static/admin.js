// What a script adds to the admin page: the progress of the task that runs, while one looks. Without it, loading the
// page again shows the same.
"use strict";

const AGAIN_MS = 10000;

document.querySelectorAll("[data-events]").forEach((task) => {
  const bar = task.querySelector("progress");

  function tell(name, value) {
    task.querySelector(`[data-told="${name}"]`).textContent =
      typeof value === "number" ? value.toLocaleString("fa-IR") : value;
  }

  function show(event) {
    const { progress } = JSON.parse(event.data);
    if (progress.share) bar.value = progress.share; // of unknown length until then, as without a script
    if (task.dataset[progress.phase]) tell("phase", task.dataset[progress.phase]);
    tell("read", progress.read);
    tell("rejected", progress.rejected);
  }

  const events = new EventSource(task.dataset.events);
  const again = () => location.reload();
  events.addEventListener("progress", show);
  for (const last of ["done", "failed", "canceled"]) events.addEventListener(last, () => { events.close(); again(); });
  events.addEventListener("error", () => {
    // A lost stream comes back by itself; one that was refused (too many listen, the session has ended) does not.
    if (events.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS);
  });
});
