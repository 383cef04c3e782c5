import { mount } from "svelte";
import "./app.css";
// Before the address is read: it may hold the server's token.
import "./shell/server.ts";
import App from "./shell/App.svelte";

mount(App, { target: document.getElementById("app") as HTMLElement });
