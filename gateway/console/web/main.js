/** Where everything begins. */

import "./elements/app-shell.js";

document.body.append(document.createElement("app-shell"));
