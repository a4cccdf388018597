/** For `node --import`: any program tells its memory at its end. */
import process from "node:process";
import { tellMemory } from "./tell-memory.ts";

process.on("exit", tellMemory);
