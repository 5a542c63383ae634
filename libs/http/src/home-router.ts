import { Router } from 'express';

/**
 * Redirects browsers from `/` to `/rooms`, the first page of the web client. Load balancers send
 * `/` to a gateway, because plain WebSockets connect there, and the pages to the service `web`.
 */
export function homeRouter(): Router {
  const router = Router();
  router.get('/', ({ url }, response) => {
    // Relative, so that it works under any public path.
    response.redirect(`./rooms${/\?.*$/.exec(url)?.[0] ?? ''}`);
  });
  return router;
}
