// Pain and effort: a second press takes the answer back, and the words of the zone appear under the buttons.
// The buttons are radio inputs, so everything else is the browser's own.
let pressed = null; // the radio that was already chosen when the press began

const say = (scale) => {
  const words = scale.querySelector(".pain-word");
  if (!words) return;
  const answer = scale.querySelector("input:checked");
  words.className = "pain-word";
  words.textContent = "";
  if (!answer || !answer.dataset.word) return;
  words.classList.add(...answer.closest("label").classList);
  words.classList.remove("s11");
  words.textContent = `${answer.value}, ${answer.dataset.word}`;
};

const radioOf = (target) => target.closest?.("[data-scale] label")?.querySelector("input[type=radio]");

const remember = (event) => {
  const radio = radioOf(event.target);
  pressed = radio?.checked ? radio : null;
};

document.addEventListener("pointerdown", remember);
document.addEventListener("keydown", (event) => { if (event.key === " ") remember(event); });

const takeBack = (event) => {
  const radio = radioOf(event.target);
  if (!radio || radio !== pressed) return;
  event.preventDefault(); // the browser would press it again when Space is let go
  pressed = null;
  // After preventDefault on a click the browser restores the old state, so take back once it has.
  setTimeout(() => {
    radio.checked = false;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });
};

document.addEventListener("click", takeBack);
document.addEventListener("keyup", (event) => { if (event.key === " ") takeBack(event); });

document.addEventListener("change", (event) => {
  const scale = event.target.closest("[data-scale]");
  if (scale) say(scale);
});

document.querySelectorAll("[data-scale]").forEach(say);
