// Everything the Yew application imports: see `web/src/bridge.rs` for the other side.

export { copy_text } from "./clipboard.js";
export { close_dialog, open_dialog } from "./dialog.js";
export { download, print_document, zip_of } from "./download.js";
export { take_early } from "./early.js";
export { Editor } from "./editor.js";
export { pick_files, pick_folder, pick_settings, watch_drops } from "./files.js";
export { highlight_python } from "./highlight.js";
export { has_focus, watch_keys } from "./keys.js";
export { forget_copy, forget_everything, load_update, offline_state, prepare_offline } from "./offline.js";
export { can_encrypt, read_link, take_fragment, watch_fragment, write_link } from "./share.js";
export { Reading } from "./reading.js";
export { run_self_test, seal } from "./seal.js";
export { apply_choice, browser_language, prefers_tree, prefers_wide, set_language, show_row } from "./screen.js";
export { keep_session, kept_sessions, take_kept_session } from "./storage.js";
export { keep_nothing, keeps_nothing, read_session, read_storage, remove_storage, watch_leaving, write_storage } from "./storage.js";
export { ask_worker, load_auditor, start_worker } from "./worker.js";
