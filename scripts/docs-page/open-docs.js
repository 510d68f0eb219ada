// Draws the joined contracts with Redoc, in the fonts that the reader's system has.
const fontFamily = "system-ui, sans-serif";
const options = {
  disableSearch: true,
  hideDownloadButton: true,
  hideHostname: true,
  jsonSamplesExpandLevel: 3,
  nativeScrollbars: true,
  requiredPropsFirst: true,
  theme: {
    colors: { primary: { main: "#0b57a4" } },
    typography: { fontFamily, headings: { fontFamily }, code: { fontFamily: "ui-monospace, monospace" } },
  },
};
window.Redoc.init("/docs/openapi.json", options, document.getElementById("docs"), (error) => {
  if (error) document.getElementById("docs").textContent = "The contracts could not be drawn; their text is linked above.";
});
