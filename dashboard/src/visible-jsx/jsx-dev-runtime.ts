/** The same as jsx-runtime.ts, for development and tests. */
import * as react from "react/jsx-dev-runtime";
import { visibleProps } from "./visible-props.ts";

export const Fragment = react.Fragment;
export const jsxDEV: typeof react.jsxDEV = (type, props, ...rest) => react.jsxDEV(type, visibleProps(props as object), ...rest);
