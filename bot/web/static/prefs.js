// Runs before the first paint (the policy allows no inline script), so that a dark page never flashes white.
(function () {
  var root = document.documentElement;
  var saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("zhiwen.prefs")) || {};
  } catch (error) {
    // Storage is blocked or spoilt: the page works with its defaults.
  }
  root.classList.add("js");
  if (saved.theme) root.dataset.theme = saved.theme;
  if (saved.elder) root.classList.add("elder");
})();
