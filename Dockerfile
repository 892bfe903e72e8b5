# The image of Portcullis: validator, operator and capture. `make image` builds it; so does a plain `docker build .`.
# BASE is where Node.js 26, npm and Debian's packages come from. The image holds only what its programs need of it.
ARG BASE=docker.io/library/node:26-trixie-slim

FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends nftables
WORKDIR /src
COPY package.json package-lock.json ./
# No package's install script has anything to do for the bundles.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY LICENSE ./
COPY src ./src
COPY tools ./tools
# Seconds since 1970: the age of every file, so that the same base and the same sources make the same image.
ARG SOURCE_DATE_EPOCH=0
RUN node tools/image/build.ts

# For examples/kubernetes alone: `make demoimage` builds it, with an identity provider and an API for a first look.
FROM build AS demobuild
COPY dev ./dev
ARG SOURCE_DATE_EPOCH=0
RUN node tools/image/demo.ts

FROM scratch AS demo
COPY --from=build /image/runtime/ /
COPY --from=demobuild /image/demo/ /
LABEL org.opencontainers.image.title="Portcullis demo" \
      org.opencontainers.image.description="An identity provider with public passwords, and an API: for a first look" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/usr/bin
USER 65532:65532
ENTRYPOINT ["/usr/bin/demo"]

# Two layers: what changes with the base, and the little that changes with each version.
FROM scratch AS portcullis
COPY --from=build /image/runtime/ /
COPY --from=build /image/own/ /
LABEL org.opencontainers.image.title="Portcullis" \
      org.opencontainers.image.description="JWT authentication in front of any API, for Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/usr/bin:/usr/sbin
USER 65532:65532
ENTRYPOINT ["/usr/bin/portcullis"]
