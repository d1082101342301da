(() => {
  const dialog = document.querySelector("dialog");
  const picture = dialog.querySelector("img");
  const caption = dialog.querySelector("p");
  document.querySelectorAll("button.zoom").forEach((button) => {
    button.addEventListener("click", () => {
      const source = button.querySelector("img");
      picture.src = source.src;
      picture.alt = source.alt;
      picture.className = source.className;
      caption.textContent = source.alt;
      dialog.showModal();
    });
  });
  dialog.addEventListener("click", () => dialog.close());
})();
