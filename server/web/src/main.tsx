import "@mantine/core/styles.css";
import "@fontsource-variable/inter";
import "./app/app.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { Bus } from "./rpc/bus";
import { Client } from "./rpc/client";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App services={{ client: new Client(), newBus: () => new Bus() }} />);
