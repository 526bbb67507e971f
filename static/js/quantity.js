// Minus and plus beside a number input: <div class="qty"><button data-step="-1">, <input type="number">, <button data-step="1">.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".qty [data-step]");
  const input = button?.closest(".qty").querySelector("input[type=number]");
  if (!input) return;
  event.preventDefault();
  input.stepUp(Number(button.dataset.step)); // so many steps of the input; a negative number steps down
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
