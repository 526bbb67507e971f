// The booking page speaks in one named zone. When this device lives in another, offer that one by one tap.
const offer = document.querySelector("[data-device-zone]");
const select = document.getElementById("tz");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (offer && zone !== select.value && [...select.options].some((option) => option.value === zone)) {
  offer.textContent = `Show in ${zone.split("/").pop().replaceAll("_", " ")} time, as on this device`;
  offer.hidden = false;
  offer.addEventListener("click", () => {
    select.value = zone;
    document.querySelector("[data-show-zone]").click();
  });
}
