# Landfall as a container: docker build --tag landfall:0.1.0 .
# It runs as user 65532 on a read-only root file system, and writes to /var/lib/landfall and /tmp alone.

FROM node:26.10.0-trixie-slim AS modules
WORKDIR /modules
COPY .npmrc package.json package-lock.json ./
# The node that npm would bring is left out: the image has its own.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
 && find node_modules -type f -regex '.*\.\(map\|d\.[cm]?ts\|md\)' -delete

FROM node:26.10.0-trixie-slim AS build
WORKDIR /build
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tools/install.ts tools/pins.json tools/
COPY tools/build tools/build
COPY tools/kwok tools/kwok
COPY src/domain src/domain
COPY src/local src/local
COPY src/sandbox src/sandbox
# Found, downloaded or built, as tools/pins.json says.
RUN node tools/install.ts --to /out/bin kustomize helm
COPY CHANGELOG.md tsconfig.json tsconfig.build.json ./
COPY schema schema
COPY src src
COPY workers workers
RUN npm run -s build \
 && npm pack --silent --pack-destination /tmp \
 && tar -xzf /tmp/landfall-*.tgz -C /out \
 && chmod 0755 /out/package/dist/workers/landfall.js

FROM debian:trixie-20261005-slim
# node needs the two libraries; git fetches, also by ssh; tini reaps what children leave behind.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libatomic1 libstdc++6 openssh-client tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf /var/log/apt /var/log/dpkg.log \
 && groupadd --gid 65532 landfall \
 && useradd --uid 65532 --gid landfall --home-dir /var/lib/landfall --no-create-home --shell /usr/sbin/nologin landfall \
 && install -d -o landfall -g landfall -m 0700 /var/lib/landfall \
 && ln -s /opt/landfall/dist/workers/landfall.js /usr/local/bin/landfall
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out/bin/ /usr/local/bin/
COPY --from=modules /modules/node_modules /opt/landfall/node_modules
COPY --from=build /out/package /opt/landfall

ENV NODE_ENV=production
USER 65532:65532
WORKDIR /etc/landfall
VOLUME /var/lib/landfall
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "landfall"]
CMD ["start"]
