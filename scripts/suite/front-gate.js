// Stands before the suite where this machine serves it, in the place of Cloudflare's own edge: a client
// may not say what only the platform may (Miniflare's `MF-*`, the address it comes from: `CF-*`), nor what
// the Workers tell each other (`X-Tokentill-*`).

const setByThePlatform = /^(?:mf-|cf-|x-tokentill-)/;

export default {
  fetch(request, env) {
    const headers = new Headers(request.headers);
    for (const name of request.headers.keys()) {
      if (setByThePlatform.test(name)) headers.delete(name);
    }
    return env.SUITE.fetch(new Request(request, { headers, redirect: "manual", cf: {} }));
  },
};
