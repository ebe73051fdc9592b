# The reference server by default, and every other command of sse-probe by its name:
#
#   docker build --tag sse-probe .
#   docker run --publish 8787:8787 sse-probe
#   docker run sse-probe probe https://example.com/events
#   docker run --volume "$PWD:/work" --workdir /work sse-probe soak scenario.yaml --report html=soak.html
#
# Debian slim and not a base without a shell: GitLab runs the scripts of a job in a shell of its image.

FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin ./bin
COPY scripts ./scripts
COPY src ./src
COPY tsconfig.json tsconfig.build.json tsconfig.page.json ./
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/sse-probe
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/bin ./bin
COPY scenarios ./scenarios
RUN ln -s /opt/sse-probe/bin/sse-probe.js /usr/local/bin/sse-probe
# `node`; by its number, so that Kubernetes sees that it is not root.
USER 1000:1000
EXPOSE 8787
# Of the server that runs by default. A probe ends with 1 for a warning, which is not healthy either.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \
  CMD ["sse-probe", "probe", "--quiet", "--until", "event", "--deadline", "4s", "http://127.0.0.1:8787/events"]
ENTRYPOINT ["sse-probe"]
CMD ["serve", "--host", "0.0.0.0"]
