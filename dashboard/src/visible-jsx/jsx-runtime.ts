/**
 * What every JSX element of the dashboard is made by (`jsxImportSource` in vite.config.ts): React's own
 * runtime, but that no hidden character of a name reaches the page as such, wherever the name is shown.
 */
import * as react from "react/jsx-runtime";
import { visibleProps } from "./visible-props.ts";

export const Fragment = react.Fragment;
export const jsx: typeof react.jsx = (type, props, key) => react.jsx(type, visibleProps(props as object), key);
export const jsxs: typeof react.jsxs = (type, props, key) => react.jsxs(type, visibleProps(props as object), key);
