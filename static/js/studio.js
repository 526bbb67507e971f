import "./theme-toggle.js";
import "./scales.js";
import "./dialogs.js";
import "./toasts.js";
import "./figures.js";
import "./quantity.js";
import "./rest.js";
