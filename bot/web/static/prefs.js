// Runs before the first paint (the policy allows no inline script), so that a dark page never flashes white.
(function () {
  var root = document.documentElement;
  var saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("zhiwen.prefs")) || {};
  } catch (error) {
    // Storage is blocked or spoilt: the page works with its defaults.
  }
  // Without modules nothing else of the page would run: such a browser gets the telephone numbers instead.
  root.classList.add("noModule" in HTMLScriptElement.prototype ? "js" : "old");
  if (parent !== self && /[?&]embed=/.test(location.search)) root.classList.add("embed");
  if (saved.theme) root.dataset.theme = saved.theme;
  if (saved.elder) root.classList.add("elder");
})();
