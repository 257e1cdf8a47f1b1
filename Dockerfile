# syntax=docker/dockerfile:1
# Roost in one image: docs/operations.md, In a container.

FROM node:24-bookworm-slim AS build
WORKDIR /roost
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-fund --no-audit
COPY . .
RUN node scripts/run.mjs node_modules/vite/bin/vite.js build --logLevel warn
# What only building and testing need. The image's own Node takes the place of the project's.
RUN npm prune --omit=dev --ignore-scripts --no-fund --no-audit \
	&& rm -rf node_modules/node-* node_modules/typescript node_modules/vite node_modules/rolldown \
		node_modules/@rolldown node_modules/lightningcss* node_modules/@inlang node_modules/.cache

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
WORKDIR /roost
COPY --from=build /roost/package.json ./
COPY --from=build /roost/node_modules ./node_modules
COPY --from=build /roost/build ./build
COPY --from=build /roost/drizzle ./drizzle
COPY --from=build /roost/messages ./messages
COPY --from=build /roost/server ./server
COPY --from=build /roost/src/lib ./src/lib
COPY --from=build /roost/static ./static
RUN mkdir /data /index && chown node:node /data /index
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
	CMD ["node", "-e", "fetch('http://127.0.0.1:8000/api/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 itself: it hears SIGTERM and closes in order.
CMD ["node", "server/main.ts"]
