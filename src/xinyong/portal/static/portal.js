/* Playing through months and days. Everything here works without it, by links and forms. */
(() => {
  "use strict";
  const STEP = 900;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  /* A slider says what its position means, to the eye and to a screen reader. */
  function tell(slider) {
    const words = slider.dataset.words.split(",");
    const said = words[Number(slider.value)] || "";
    slider.setAttribute("aria-valuetext", said);
    const out = document.getElementById(slider.dataset.tells);
    if (out) out.textContent = said;
  }

  /* One step; false at the end. */
  function step(button) {
    const slider = document.getElementById(button.dataset.play);
    if (slider) {
      if (Number(slider.value) >= Number(slider.max)) return false;
      slider.value = String(Number(slider.value) + Number(slider.dataset.by || 1));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      return true;
    }
    const link = document.querySelector("[data-later]");
    if (!link) return false;
    link.click();
    return Boolean(document.querySelector("[data-later]"));
  }

  function rewind(button) {
    const slider = document.getElementById(button.dataset.play);
    if (slider && Number(slider.value) >= Number(slider.max)) {
      slider.value = slider.min;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const first = document.querySelector("[data-first]");
    if (!slider && first && !document.querySelector("[data-later]")) first.click();
  }

  function player(button) {
    let timer = 0;
    const stop = () => {
      window.clearInterval(timer);
      timer = 0;
      button.textContent = button.dataset.go;
      button.setAttribute("aria-pressed", "false");
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      rewind(button);
      button.textContent = button.dataset.stop;
      button.setAttribute("aria-pressed", "true");
      timer = window.setInterval(() => { if (!step(button)) stop(); }, STEP);
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && timer) stop(); });
    /* Who asked for no motion is not offered any; sliders and links go a step at a time. */
    const offer = () => { button.hidden = still.matches; if (still.matches && timer) stop(); };
    still.addEventListener("change", offer);
    offer();
  }

  document.querySelectorAll("input[data-words]").forEach((slider) => {
    slider.addEventListener("input", () => tell(slider));
    tell(slider);
  });
  document.querySelectorAll("button[data-play]").forEach(player);
})();
