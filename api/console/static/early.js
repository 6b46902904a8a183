// Runs before anything is shown: keeps the keys that are pressed until keys.js is there and takes them.

(() => {
  const pressed = [];
  const keep = (event) => pressed.push(event);
  addEventListener("keydown", keep);
  globalThis.takeEarlyKeys = () => {
    removeEventListener("keydown", keep);
    return pressed.splice(0);
  };
})();
