/** htmx without eval and inline styles (the content security policy), with our CSRF header. */
export function startHtmx(htmx) {
  Object.assign(htmx.config, {
    allowEval: false,
    includeIndicatorStyles: false,
    historyCacheSize: 0, // pages hold customers' data: they don't belong into localStorage
    scrollIntoViewOnBoost: false,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      // Errors come as a message, which the server aims at #messages (HX-Retarget).
      { code: "[45]..", swap: true, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });
}
