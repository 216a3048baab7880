import htmx from "htmx.org/dist/htmx.esm.js";
import { startChoosing } from "./shell/choose.js";
import { startCommandBox } from "./shell/command.js";
import { startConfirm } from "./shell/confirm.js";
import { startFileDrops } from "./shell/drops.js";
import { startHtmx } from "./shell/htmx.js";
import { startKeys } from "./shell/keys.js";
import { startMenus } from "./shell/menus.js";

window.htmx = htmx;
startHtmx(htmx);
startMenus();
startCommandBox();
startConfirm(htmx);
startChoosing();
startFileDrops();
startKeys();
