// The red flags and what is asked beside them, for those who have script; without it the forms say the same when sent.

// "None of these" and a tick say two things: the newer one counts.
document.addEventListener("change", (event) => {
  const group = event.target.closest(".flag-group");
  if (!group || !event.target.checked) return;
  const none = group.querySelector(".choice-none input");
  if (event.target === none) group.querySelectorAll(".choice:not(.choice-none) input").forEach((box) => { box.checked = false; });
  else none.checked = false;
});
