// Generated from crds/ by `npm run generate`. Do not edit.

import type { Schema } from './schema.ts';

export const SCHEMAS: { readonly [K in 'AuthenticationSource' | 'ApiBinding']: Schema } = {
  AuthenticationSource: {
    "type": "object",
    "required": [
      "spec"
    ],
    "properties": {
      "apiVersion": {
        "type": "string"
      },
      "kind": {
        "type": "string"
      },
      "metadata": {
        "type": "object"
      },
      "spec": {
        "type": "object",
        "x-kubernetes-validations": [
          {
            "rule": "!has(self.type) || self.type == 'JWT'",
            "message": "the types Introspection and ApiKey are reserved for a later version; use JWT, or leave type out",
            "fieldPath": ".type"
          },
          {
            "rule": "(has(self.type) && self.type != 'JWT') || has(self.jwt)",
            "message": "a source of type JWT, which it is without a type, needs jwt",
            "reason": "FieldValueRequired",
            "fieldPath": ".jwt"
          },
          {
            "rule": "!has(self.jwt) || !has(self.jwt.keys) || !has(self.jwt.keys.hmac) || self.allowedNamespaces.from == 'Same'",
            "message": "keys.hmac requires allowedNamespaces.from: Same, because whoever can verify such a token can also make one",
            "fieldPath": ".allowedNamespaces"
          }
        ],
        "properties": {
          "displayName": {
            "type": "string",
            "maxLength": 128
          },
          "description": {
            "type": "string",
            "maxLength": 1024
          },
          "type": {
            "type": "string",
            "enum": [
              "JWT",
              "Introspection",
              "ApiKey"
            ]
          },
          "allowedNamespaces": {
            "type": "object",
            "default": {
              "from": "Same"
            },
            "x-kubernetes-validations": [
              {
                "rule": "self.from != 'Selector' || has(self.selector)",
                "message": "from: Selector needs a selector that chooses namespaces by their labels",
                "fieldPath": ".selector"
              },
              {
                "rule": "self.from == 'Selector' || !has(self.selector)",
                "message": "a selector is only read with from: Selector",
                "fieldPath": ".selector"
              }
            ],
            "properties": {
              "from": {
                "type": "string",
                "enum": [
                  "Same",
                  "All",
                  "Selector"
                ],
                "default": "Same"
              },
              "selector": {
                "type": "object",
                "x-kubernetes-map-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                    "message": "an empty selector would choose every namespace; write from: All if that is meant"
                  }
                ],
                "properties": {
                  "matchLabels": {
                    "type": "object",
                    "maxProperties": 32,
                    "additionalProperties": {
                      "type": "string",
                      "maxLength": 63
                    }
                  },
                  "matchExpressions": {
                    "type": "array",
                    "maxItems": 32,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "object",
                      "required": [
                        "key",
                        "operator"
                      ],
                      "x-kubernetes-validations": [
                        {
                          "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                          "message": "the operators In and NotIn need values",
                          "fieldPath": ".values"
                        },
                        {
                          "rule": "self.operator in ['In', 'NotIn'] || !has(self.values) || size(self.values) == 0",
                          "message": "the operators Exists and DoesNotExist take no values",
                          "fieldPath": ".values"
                        }
                      ],
                      "properties": {
                        "key": {
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 317
                        },
                        "operator": {
                          "type": "string",
                          "enum": [
                            "In",
                            "NotIn",
                            "Exists",
                            "DoesNotExist"
                          ]
                        },
                        "values": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "maxLength": 63
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          },
          "jwt": {
            "type": "object",
            "x-kubernetes-validations": [
              {
                "rule": "has(self.issuer) || (has(self.keys) && (has(self.keys.jwks) || has(self.keys.jwksURI) || has(self.keys.publicKeys) || has(self.keys.hmac)))",
                "message": "issuer may only be left out with keys.jwks, keys.jwksURI, keys.publicKeys or keys.hmac",
                "fieldPath": ".issuer"
              },
              {
                "rule": "!has(self.acceptedIssuers) || size(self.acceptedIssuers) == 0 || has(self.issuer)",
                "message": "acceptedIssuers needs issuer beside it; put the first of them there",
                "fieldPath": ".acceptedIssuers"
              },
              {
                "rule": "!has(self.issuer) || (has(self.keys) && (has(self.keys.discoveryURL) || has(self.keys.jwksURI) || has(self.keys.jwks) || has(self.keys.publicKeys) || has(self.keys.hmac))) || self.issuer.matches('^https?://[^/?# ][^ ]*$')",
                "message": "an issuer that is no https:// URL has no discovery document; set keys.discoveryURL or keys.jwksURI, or write the issuer with https://",
                "fieldPath": ".issuer"
              },
              {
                "rule": "!has(self.issuer) || !self.issuer.contains('{tenantid}') || (has(self.tenants) && size(self.tenants) > 0)",
                "message": "an issuer with {tenantid} needs tenants: tenant ids (GUIDs), or \"*\" for any",
                "fieldPath": ".tenants"
              },
              {
                "rule": "!has(self.tenants) || size(self.tenants) == 0 || (has(self.issuer) && self.issuer.contains('{tenantid}'))",
                "message": "tenants are only read where the issuer holds {tenantid}, as in https://login.microsoftonline.com/{tenantid}/v2.0",
                "fieldPath": ".tenants"
              },
              {
                "rule": "!has(self.preset) || !(self.preset in ['Google', 'EntraID']) || (has(self.audiences) && size(self.audiences) > 0) || (has(self.clientIDs) && size(self.clientIDs) > 0)",
                "message": "the presets Google and EntraID need audiences or clientIDs: this issuer also makes tokens for everyone else's applications",
                "fieldPath": ".audiences"
              },
              {
                "rule": "!has(self.tenants) || !('*' in self.tenants) || (has(self.audiences) && size(self.audiences) > 0) || (has(self.clientIDs) && size(self.clientIDs) > 0)",
                "message": "tenants \"*\" needs audiences or clientIDs: any tenant of the provider can make tokens for its own applications",
                "fieldPath": ".audiences"
              },
              {
                "rule": "!has(self.keys) || !has(self.keys.hmac) || !has(self.algorithms) || size(self.algorithms) == 0 || self.algorithms.exists(a, a.startsWith('HS'))",
                "message": "with keys.hmac only HS256, HS384 and HS512 can be used, and algorithms names none of them",
                "fieldPath": ".algorithms"
              },
              {
                "rule": "!has(self.algorithms) || size(self.algorithms) == 0 || (has(self.keys) && has(self.keys.hmac)) || self.algorithms.exists(a, !a.startsWith('HS'))",
                "message": "HS256, HS384 and HS512 can only be used with keys.hmac, and algorithms names no other",
                "fieldPath": ".algorithms"
              }
            ],
            "properties": {
              "preset": {
                "type": "string",
                "enum": [
                  "Okta",
                  "Cognito",
                  "Google",
                  "EntraID",
                  "Auth0",
                  "Keycloak",
                  "SPIFFE"
                ]
              },
              "issuer": {
                "type": "string",
                "minLength": 1,
                "maxLength": 1024,
                "pattern": "^[^\\p{Z}\\p{Cc}]+( [^\\p{Z}\\p{Cc}]+)*$",
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[^{}]*([{]tenantid[}][^{}]*)?$')",
                    "message": "the only placeholder in an issuer is {tenantid}, and it may stand there once"
                  }
                ]
              },
              "acceptedIssuers": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024,
                  "pattern": "^[^\\p{Z}\\p{Cc}]+( [^\\p{Z}\\p{Cc}]+)*$",
                  "x-kubernetes-validations": [
                    {
                      "rule": "!self.contains('{')",
                      "message": "acceptedIssuers are exact and know no placeholder; {tenantid} can stand in issuer"
                    }
                  ]
                }
              },
              "tenants": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "!('*' in self) || size(self) == 1",
                    "message": "\"*\" means any tenant and stands alone"
                  }
                ],
                "items": {
                  "type": "string",
                  "maxLength": 36,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self == '*' || self.matches('^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$')",
                      "message": "a tenant is a GUID such as 9188040d-6c67-4c5b-b112-36a304b66dad, or \"*\""
                    }
                  ]
                }
              },
              "keys": {
                "type": "object",
                "x-kubernetes-validations": [
                  {
                    "rule": "[has(self.discoveryURL), has(self.jwksURI), has(self.jwks), has(self.publicKeys), has(self.hmac)].filter(x, x).size() <= 1",
                    "message": "keys takes at most one of discoveryURL, jwksURI, jwks, publicKeys and hmac"
                  }
                ],
                "properties": {
                  "discoveryURL": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 2048,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^https?://[^/?#@\\\\p{Z}\\\\p{Cc}\\\\\\\\]+([/?][^#\\\\p{Z}\\\\p{Cc}]*)?$')",
                        "message": "discoveryURL must be a whole URL such as https://id.example.com/.well-known/openid-configuration, without user name or fragment"
                      }
                    ]
                  },
                  "jwksURI": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 2048,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^https?://[^/?#@\\\\p{Z}\\\\p{Cc}\\\\\\\\]+([/?][^#\\\\p{Z}\\\\p{Cc}]*)?$')",
                        "message": "jwksURI must be a whole URL such as https://id.example.com/keys, without user name or fragment"
                      }
                    ]
                  },
                  "jwks": {
                    "type": "object",
                    "required": [
                      "keys"
                    ],
                    "maxProperties": 32,
                    "x-kubernetes-preserve-unknown-fields": true,
                    "properties": {
                      "keys": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 128,
                        "x-kubernetes-list-type": "atomic",
                        "items": {
                          "type": "object",
                          "required": [
                            "kty"
                          ],
                          "maxProperties": 32,
                          "x-kubernetes-preserve-unknown-fields": true,
                          "x-kubernetes-validations": [
                            {
                              "rule": "!has(self.d) || dyn(self.d) == null || self.d == ''",
                              "message": "this is a private key (it has the member d): keep it away from here, treat it as leaked, and give the public key",
                              "fieldPath": ".d"
                            },
                            {
                              "rule": "(!has(self.k) || dyn(self.k) == null || self.k == '') && self.kty != 'oct'",
                              "message": "this is a shared secret (kty oct): keep it in a Secret and name it in keys.hmac, and treat this one as leaked",
                              "fieldPath": ".kty"
                            }
                          ],
                          "properties": {
                            "kty": {
                              "type": "string",
                              "maxLength": 16
                            },
                            "kid": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 256
                            },
                            "use": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 16
                            },
                            "key_ops": {
                              "type": "array",
                              "nullable": true,
                              "maxItems": 16,
                              "x-kubernetes-list-type": "atomic",
                              "items": {
                                "type": "string",
                                "maxLength": 32
                              }
                            },
                            "alg": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 32
                            },
                            "n": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 4096
                            },
                            "e": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 64
                            },
                            "crv": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 32
                            },
                            "x": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 256
                            },
                            "y": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 256
                            },
                            "issuer": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 1024
                            },
                            "d": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 8192
                            },
                            "k": {
                              "type": "string",
                              "nullable": true,
                              "maxLength": 8192
                            }
                          }
                        }
                      }
                    }
                  },
                  "publicKeys": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 64,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "object",
                      "required": [
                        "pem"
                      ],
                      "properties": {
                        "kid": {
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 256
                        },
                        "pem": {
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 16384,
                          "x-kubernetes-validations": [
                            {
                              "rule": "!self.contains('PRIVATE KEY-----')",
                              "message": "this is a private key: keep it away from here, treat it as leaked, and give the public key (openssl pkey -pubout)"
                            },
                            {
                              "rule": "self.contains('-----BEGIN PUBLIC KEY-----') || self.contains('-----BEGIN RSA PUBLIC KEY-----') || self.contains('-----BEGIN CERTIFICATE-----')",
                              "message": "pem must hold a block that begins with -----BEGIN PUBLIC KEY-----, -----BEGIN RSA PUBLIC KEY----- or -----BEGIN CERTIFICATE-----"
                            }
                          ]
                        }
                      }
                    }
                  },
                  "hmac": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "object",
                      "required": [
                        "secretKeyRef"
                      ],
                      "properties": {
                        "kid": {
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 256
                        },
                        "secretKeyRef": {
                          "type": "object",
                          "required": [
                            "name",
                            "key"
                          ],
                          "x-kubernetes-map-type": "atomic",
                          "properties": {
                            "name": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 253,
                              "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                            },
                            "key": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 253,
                              "pattern": "^[-._a-zA-Z0-9]+$"
                            }
                          }
                        },
                        "encoding": {
                          "type": "string",
                          "enum": [
                            "Base64URL",
                            "Base64",
                            "Hex",
                            "Text"
                          ]
                        }
                      }
                    }
                  }
                }
              },
              "fetch": {
                "type": "object",
                "default": {},
                "properties": {
                  "refreshInterval": {
                    "type": "string",
                    "default": "10m",
                    "maxLength": 32,
                    "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                    "x-kubernetes-validations": [
                      {
                        "rule": "duration(self) > duration('0s')",
                        "message": "refreshInterval must be longer than 0s"
                      }
                    ]
                  },
                  "retryInterval": {
                    "type": "string",
                    "default": "10s",
                    "maxLength": 32,
                    "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                    "x-kubernetes-validations": [
                      {
                        "rule": "duration(self) > duration('0s')",
                        "message": "retryInterval must be longer than 0s"
                      }
                    ]
                  },
                  "timeout": {
                    "type": "string",
                    "default": "5s",
                    "maxLength": 32,
                    "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                    "x-kubernetes-validations": [
                      {
                        "rule": "duration(self) > duration('0s')",
                        "message": "timeout must be longer than 0s"
                      }
                    ]
                  },
                  "maxStale": {
                    "type": "string",
                    "default": "24h",
                    "maxLength": 32,
                    "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                    "x-kubernetes-validations": [
                      {
                        "rule": "duration(self) > duration('0s')",
                        "message": "maxStale must be longer than 0s"
                      }
                    ]
                  },
                  "unknownKeyCooldown": {
                    "type": "string",
                    "default": "30s",
                    "maxLength": 32,
                    "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                    "x-kubernetes-validations": [
                      {
                        "rule": "duration(self) > duration('0s')",
                        "message": "unknownKeyCooldown must be longer than 0s, or anybody could make us flood the provider"
                      }
                    ]
                  },
                  "caBundleFrom": {
                    "type": "object",
                    "x-kubernetes-validations": [
                      {
                        "rule": "has(self.configMapKeyRef) != has(self.secretKeyRef)",
                        "message": "caBundleFrom takes exactly one of configMapKeyRef and secretKeyRef"
                      }
                    ],
                    "properties": {
                      "configMapKeyRef": {
                        "type": "object",
                        "required": [
                          "name",
                          "key"
                        ],
                        "x-kubernetes-map-type": "atomic",
                        "properties": {
                          "name": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                          },
                          "key": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "pattern": "^[-._a-zA-Z0-9]+$"
                          }
                        }
                      },
                      "secretKeyRef": {
                        "type": "object",
                        "required": [
                          "name",
                          "key"
                        ],
                        "x-kubernetes-map-type": "atomic",
                        "properties": {
                          "name": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                          },
                          "key": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "pattern": "^[-._a-zA-Z0-9]+$"
                          }
                        }
                      }
                    }
                  }
                }
              },
              "algorithms": {
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "self.all(x, self.exists_one(y, x == y))",
                    "message": "algorithms must not repeat a value"
                  }
                ],
                "items": {
                  "type": "string",
                  "enum": [
                    "RS256",
                    "RS384",
                    "RS512",
                    "PS256",
                    "PS384",
                    "PS512",
                    "ES256",
                    "ES384",
                    "ES512",
                    "ES256K",
                    "EdDSA",
                    "Ed25519",
                    "HS256",
                    "HS384",
                    "HS512"
                  ]
                }
              },
              "audiences": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "self.all(x, self.exists_one(y, x == y))",
                    "message": "audiences must not repeat a value"
                  }
                ],
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 255
                }
              },
              "clientIDs": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "self.all(x, self.exists_one(y, x == y))",
                    "message": "clientIDs must not repeat a value"
                  }
                ],
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 256
                }
              },
              "tokenTypes": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "maxLength": 256
                }
              },
              "clockSkew": {
                "type": "string",
                "default": "30s",
                "maxLength": 32,
                "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                "x-kubernetes-validations": [
                  {
                    "rule": "duration(self) <= duration('10m')",
                    "message": "clockSkew must be between 0s and 10m"
                  }
                ]
              },
              "expiration": {
                "type": "string",
                "enum": [
                  "Required",
                  "Optional"
                ],
                "default": "Required"
              },
              "maxTokenAge": {
                "type": "string",
                "maxLength": 32,
                "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
                "x-kubernetes-validations": [
                  {
                    "rule": "duration(self) > duration('0s')",
                    "message": "maxTokenAge must be longer than 0s; leave it out for tokens of any age"
                  }
                ]
              },
              "requiredClaims": {
                "type": "array",
                "maxItems": 32,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "object",
                  "required": [
                    "claim"
                  ],
                  "properties": {
                    "claim": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    },
                    "values": {
                      "type": "array",
                      "maxItems": 64,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "maxLength": 256
                      }
                    }
                  }
                }
              },
              "expressions": {
                "type": "array",
                "maxItems": 32,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "object",
                  "required": [
                    "expression"
                  ],
                  "properties": {
                    "expression": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 2048
                    },
                    "message": {
                      "type": "string",
                      "maxLength": 256
                    }
                  }
                }
              },
              "roles": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 256
                }
              },
              "mapping": {
                "type": "object",
                "properties": {
                  "user": {
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    }
                  },
                  "name": {
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    }
                  },
                  "roles": {
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    }
                  },
                  "rolesSeparator": {
                    "type": "string",
                    "maxLength": 8
                  },
                  "scopes": {
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    }
                  },
                  "client": {
                    "type": "array",
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    }
                  }
                }
              }
            }
          }
        }
      },
      "status": {
        "type": "object",
        "default": {
          "conditions": [
            {
              "type": "Ready",
              "status": "Unknown",
              "reason": "Pending",
              "message": "Waiting for the control plane",
              "lastTransitionTime": "1970-01-01T00:00:00Z"
            }
          ]
        },
        "properties": {
          "observedGeneration": {
            "type": "integer",
            "format": "int64",
            "minimum": 0
          },
          "effective": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": true
          },
          "jwksURI": {
            "type": "string",
            "maxLength": 2048
          },
          "keys": {
            "type": "array",
            "maxItems": 32,
            "x-kubernetes-list-type": "atomic",
            "items": {
              "type": "object",
              "properties": {
                "kid": {
                  "type": "string",
                  "maxLength": 1024
                },
                "type": {
                  "type": "string",
                  "maxLength": 32
                },
                "algorithm": {
                  "type": "string",
                  "maxLength": 32
                }
              }
            }
          },
          "keyCount": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "keysLeftOut": {
            "type": "array",
            "maxItems": 8,
            "x-kubernetes-list-type": "atomic",
            "items": {
              "type": "object",
              "required": [
                "index",
                "problem"
              ],
              "properties": {
                "index": {
                  "type": "integer",
                  "format": "int32",
                  "minimum": 0
                },
                "kid": {
                  "type": "string",
                  "maxLength": 256
                },
                "problem": {
                  "type": "string",
                  "maxLength": 256
                }
              }
            }
          },
          "keysLeftOutCount": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "keysChangedTime": {
            "type": "string",
            "format": "date-time"
          },
          "issuerError": {
            "type": "object",
            "required": [
              "code",
              "message"
            ],
            "properties": {
              "code": {
                "type": "string",
                "enum": [
                  "MISSING_JWKS",
                  "URL_INVALID",
                  "UNKNOWN_HOST",
                  "COULD_NOT_PARSE_CONFIG",
                  "REQUEST_TIMEOUT",
                  "REMOTE_HOST_RESPONDED_WITH_ERROR"
                ]
              },
              "message": {
                "type": "string",
                "maxLength": 1024
              }
            }
          },
          "bindings": {
            "type": "array",
            "maxItems": 64,
            "x-kubernetes-list-type": "atomic",
            "items": {
              "type": "object",
              "required": [
                "namespace",
                "name"
              ],
              "properties": {
                "namespace": {
                  "type": "string",
                  "maxLength": 63
                },
                "name": {
                  "type": "string",
                  "maxLength": 253
                }
              }
            }
          },
          "bindingCount": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "conditions": {
            "type": "array",
            "maxItems": 16,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": [
              "type"
            ],
            "items": {
              "type": "object",
              "required": [
                "type",
                "status",
                "lastTransitionTime",
                "reason",
                "message"
              ],
              "properties": {
                "type": {
                  "type": "string",
                  "maxLength": 316,
                  "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
                },
                "status": {
                  "type": "string",
                  "enum": [
                    "True",
                    "False",
                    "Unknown"
                  ]
                },
                "observedGeneration": {
                  "type": "integer",
                  "format": "int64",
                  "minimum": 0
                },
                "lastTransitionTime": {
                  "type": "string",
                  "format": "date-time"
                },
                "reason": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024,
                  "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                },
                "message": {
                  "type": "string",
                  "maxLength": 32768
                }
              }
            }
          }
        }
      }
    }
  },
  ApiBinding: {
    "type": "object",
    "required": [
      "spec"
    ],
    "properties": {
      "apiVersion": {
        "type": "string"
      },
      "kind": {
        "type": "string"
      },
      "metadata": {
        "type": "object"
      },
      "spec": {
        "type": "object",
        "required": [
          "sources"
        ],
        "x-kubernetes-validations": [
          {
            "rule": "has(self.targetRefs) != has(self.podSelector)",
            "message": "spec takes exactly one of targetRefs and podSelector",
            "fieldPath": ".targetRefs"
          },
          {
            "rule": "!has(self.rules) || self.rules.all(r, !has(r.sources) || r.sources.all(n, self.sources.exists_one(s, s.name == n)))",
            "message": "a rule's sources must name sources of this binding (spec.sources), each of which has that name alone",
            "fieldPath": ".rules"
          },
          {
            "rule": "!has(self.forward.token) || self.forward.token != 'Remove' || !self.credentials.exists(c, c.__in__ == 'Query')",
            "message": "forward.token: Remove cannot be used together with a Query credential, which stays in the URL",
            "fieldPath": ".forward.token"
          },
          {
            "rule": "!has(self.resource) || self.resource.metadata != 'Serve' || self.resourceMetadata == ''",
            "message": "resourceMetadata names a document that somebody else serves: leave it out, or set resource.metadata: None",
            "fieldPath": ".resourceMetadata"
          },
          {
            "rule": "has(self.mcp) || !has(self.rules) || self.rules.all(r, !has(r.match) || !has(r.match.mcp))",
            "message": "match.mcp needs spec.mcp, which says which versions of MCP have the headers that it goes by: add mcp: {versions: [\"2026-07-28\"]}",
            "fieldPath": ".rules"
          }
        ],
        "properties": {
          "targetRefs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 16,
            "x-kubernetes-list-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "self.all(x, self.exists_one(y, x.kind == y.kind && x.name == y.name && has(x.sectionName) == has(y.sectionName) && (!has(x.sectionName) || x.sectionName == y.sectionName)))",
                "message": "targetRefs must not name an object twice, unless with another sectionName"
              }
            ],
            "items": {
              "type": "object",
              "required": [
                "kind",
                "name"
              ],
              "x-kubernetes-validations": [
                {
                  "rule": "!has(self.group) || (self.kind == 'Service' ? self.group == '' : (self.kind in ['HTTPRoute', 'GRPCRoute'] ? self.group == 'gateway.networking.k8s.io' : self.group == 'apps'))",
                  "message": "this kind is not in that group: leave group out, or write \"\" for Service, apps for Deployment, StatefulSet and DaemonSet, gateway.networking.k8s.io for HTTPRoute and GRPCRoute",
                  "fieldPath": ".group"
                },
                {
                  "rule": "!has(self.sectionName) || self.kind in ['HTTPRoute', 'GRPCRoute']",
                  "message": "only a rule of an HTTPRoute or a GRPCRoute is named by sectionName: leave it out",
                  "fieldPath": ".sectionName"
                }
              ],
              "properties": {
                "group": {
                  "type": "string",
                  "maxLength": 253
                },
                "kind": {
                  "type": "string",
                  "enum": [
                    "Service",
                    "Deployment",
                    "StatefulSet",
                    "DaemonSet",
                    "HTTPRoute",
                    "GRPCRoute"
                  ]
                },
                "name": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                },
                "sectionName": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                }
              }
            }
          },
          "podSelector": {
            "type": "object",
            "x-kubernetes-map-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                "message": "an empty podSelector would choose every pod of the namespace; name at least one label"
              }
            ],
            "properties": {
              "matchLabels": {
                "type": "object",
                "maxProperties": 32,
                "additionalProperties": {
                  "type": "string",
                  "maxLength": 63
                }
              },
              "matchExpressions": {
                "type": "array",
                "maxItems": 32,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "object",
                  "required": [
                    "key",
                    "operator"
                  ],
                  "x-kubernetes-validations": [
                    {
                      "rule": "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
                      "message": "the operators In and NotIn need values",
                      "fieldPath": ".values"
                    },
                    {
                      "rule": "self.operator in ['In', 'NotIn'] || !has(self.values) || size(self.values) == 0",
                      "message": "the operators Exists and DoesNotExist take no values",
                      "fieldPath": ".values"
                    }
                  ],
                  "properties": {
                    "key": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 317
                    },
                    "operator": {
                      "type": "string",
                      "enum": [
                        "In",
                        "NotIn",
                        "Exists",
                        "DoesNotExist"
                      ]
                    },
                    "values": {
                      "type": "array",
                      "maxItems": 64,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "maxLength": 63
                      }
                    }
                  }
                }
              }
            }
          },
          "hosts": {
            "type": "array",
            "maxItems": 32,
            "x-kubernetes-list-type": "atomic",
            "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^([*][.])?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*[.]?$') || self.matches('^\\\\[[0-9A-Fa-f:.]+\\\\]$')",
                  "message": "a host is a name such as api.example.com or *.example.com, without scheme, port or path; leave hosts out for any"
                }
              ]
            }
          },
          "ports": {
            "type": "array",
            "maxItems": 16,
            "x-kubernetes-list-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "self.all(x, self.exists_one(y, x.port == y.port))",
                "message": "ports must not name a port twice"
              }
            ],
            "items": {
              "type": "object",
              "required": [
                "port"
              ],
              "properties": {
                "port": {
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 65535
                },
                "protocol": {
                  "type": "string",
                  "enum": [
                    "HTTP",
                    "H2C",
                    "HTTPS"
                  ]
                },
                "tls": {
                  "type": "object",
                  "properties": {
                    "caFrom": {
                      "type": "object",
                      "required": [
                        "configMapKeyRef"
                      ],
                      "properties": {
                        "configMapKeyRef": {
                          "type": "object",
                          "required": [
                            "name",
                            "key"
                          ],
                          "x-kubernetes-map-type": "atomic",
                          "properties": {
                            "name": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 253,
                              "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                            },
                            "key": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 253,
                              "pattern": "^[-._a-zA-Z0-9]+$"
                            }
                          }
                        }
                      }
                    },
                    "serverName": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253,
                      "pattern": "^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$"
                    },
                    "secretName": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253,
                      "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                    }
                  }
                }
              },
              "x-kubernetes-validations": [
                {
                  "rule": "!has(self.tls) || (!has(self.tls.caFrom) && !has(self.tls.serverName)) || (has(self.protocol) && self.protocol == 'HTTPS')",
                  "message": "tls.caFrom and tls.serverName are for an app that speaks TLS: say protocol: HTTPS",
                  "fieldPath": ".tls"
                }
              ]
            }
          },
          "mode": {
            "type": "string",
            "enum": [
              "Enforce",
              "Audit",
              "Disabled",
              "Trial"
            ],
            "default": "Enforce"
          },
          "sources": {
            "type": "array",
            "minItems": 1,
            "maxItems": 16,
            "x-kubernetes-list-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "self.all(x, self.exists_one(y, x.name == y.name && (has(x.__namespace__) ? has(y.__namespace__) && x.__namespace__ == y.__namespace__ : !has(y.__namespace__))))",
                "message": "sources must not name a source twice"
              }
            ],
            "items": {
              "type": "object",
              "required": [
                "name"
              ],
              "x-kubernetes-map-type": "atomic",
              "properties": {
                "name": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
                },
                "namespace": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63,
                  "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
                }
              }
            }
          },
          "credentials": {
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "default": [
              {
                "in": "Header",
                "name": "Authorization",
                "scheme": "Bearer"
              }
            ],
            "x-kubernetes-list-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "self.all(x, self.exists_one(y, x.__in__ == y.__in__ && (x.__in__ == 'Header' ? x.name.lowerAscii() == y.name.lowerAscii() : x.name == y.name)))",
                "message": "credentials must not name a place twice"
              }
            ],
            "items": {
              "type": "object",
              "required": [
                "in",
                "name"
              ],
              "x-kubernetes-validations": [
                {
                  "rule": "self.__in__ == 'Header' || !has(self.scheme)",
                  "message": "a scheme can only stand in a header; leave it out here",
                  "fieldPath": ".scheme"
                },
                {
                  "rule": "self.__in__ != 'Header' || self.name.lowerAscii() != 'authorization' || has(self.scheme)",
                  "message": "the Authorization header needs a scheme, usually Bearer",
                  "fieldPath": ".scheme"
                },
                {
                  "rule": "self.__in__ != 'Header' || !self.name.matches('^(?i:host|cookie|set-cookie|connection|keep-alive|proxy-connection|proxy-authenticate|proxy-authorization|te|trailer|transfer-encoding|upgrade|content-length|x-request-id|x-forwarded-(for|proto|host|port|client-cert)|x-envoy-.*|x-portcullis-.*)$')",
                  "message": "a token cannot be read from this header, which proxies set or remove themselves; for a cookie write in: Cookie",
                  "fieldPath": ".name"
                },
                {
                  "rule": "(self.__in__ == 'Cookie') == has(self.origins)",
                  "message": "a Cookie credential needs origins: the origins (https://shop.example) that may use it on methods other than GET, HEAD and OPTIONS, and open WebSockets; the others take none",
                  "fieldPath": ".origins"
                }
              ],
              "properties": {
                "in": {
                  "type": "string",
                  "enum": [
                    "Header",
                    "Query",
                    "Cookie"
                  ]
                },
                "name": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 128,
                  "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
                },
                "scheme": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 32,
                  "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
                },
                "origins": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 32,
                  "x-kubernetes-list-type": "atomic",
                  "items": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 256,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._-]+|\\\\[[0-9A-Fa-f:.]+\\\\])(:[0-9]{1,5})?$')",
                        "message": "an origin is scheme://host or scheme://host:port, such as https://shop.example, without path, slash at the end or wildcard"
                      }
                    ]
                  }
                }
              }
            }
          },
          "pathMatching": {
            "type": "object",
            "default": {},
            "properties": {
              "case": {
                "type": "string",
                "enum": [
                  "Unknown",
                  "Sensitive",
                  "Insensitive"
                ],
                "default": "Unknown"
              },
              "trailingSlash": {
                "type": "string",
                "enum": [
                  "Unknown",
                  "Distinct",
                  "Ignore"
                ],
                "default": "Unknown"
              },
              "formatSuffix": {
                "type": "string",
                "enum": [
                  "Unknown",
                  "None"
                ],
                "default": "Unknown"
              },
              "frontController": {
                "type": "string",
                "enum": [
                  "Unknown",
                  "None"
                ],
                "default": "Unknown"
              }
            }
          },
          "rules": {
            "type": "array",
            "maxItems": 64,
            "x-kubernetes-list-type": "atomic",
            "x-kubernetes-validations": [
              {
                "rule": "self.all(x, !has(x.name) || self.exists_one(y, has(y.name) && x.name == y.name))",
                "message": "the names of rules must differ"
              }
            ],
            "items": {
              "type": "object",
              "x-kubernetes-validations": [
                {
                  "rule": "!has(self.authentication) || self.authentication != 'None' || !has(self.require)",
                  "message": "with authentication: None no token is looked at, so nothing can be required of it; remove require, or use Required",
                  "fieldPath": ".require"
                },
                {
                  "rule": "!has(self.authentication) || self.authentication != 'None' || !has(self.sources) || size(self.sources) == 0",
                  "message": "with authentication: None no token is looked at, whatever its source; remove sources, or use Required",
                  "fieldPath": ".sources"
                }
              ],
              "properties": {
                "name": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63,
                  "pattern": "^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$"
                },
                "match": {
                  "type": "object",
                  "properties": {
                    "paths": {
                      "type": "array",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "object",
                        "required": [
                          "type",
                          "value"
                        ],
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.type == 'RegularExpression' || self.value.startsWith('/')",
                            "message": "a path starts with /",
                            "fieldPath": ".value"
                          },
                          {
                            "rule": "self.type == 'RegularExpression' || !self.value.matches('[?#]')",
                            "message": "a path holds no ? and no #: the query is not part of it",
                            "fieldPath": ".value"
                          },
                          {
                            "rule": "self.type != 'Template' || self.value.matches('^(/([^/{}]*|[{][A-Za-z_][A-Za-z0-9_]*[}]))+$')",
                            "message": "a Template's parameter is a whole segment in braces, as in /users/{id}, its name made of letters, digits and _",
                            "fieldPath": ".value"
                          },
                          {
                            "rule": "!(self.type in ['Exact', 'PathPrefix']) || !self.value.matches('[{}*]')",
                            "message": "Exact and PathPrefix take a path as it is, without { } or *; use Template or RegularExpression for patterns",
                            "fieldPath": ".value"
                          }
                        ],
                        "properties": {
                          "type": {
                            "type": "string",
                            "enum": [
                              "Exact",
                              "PathPrefix",
                              "Template",
                              "RegularExpression"
                            ]
                          },
                          "value": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 1024
                          }
                        }
                      }
                    },
                    "methods": {
                      "type": "array",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 32,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches('^[A-Z][A-Z0-9_-]*$')",
                            "message": "a method is written in capitals, such as GET; leave methods out for any"
                          }
                        ]
                      }
                    },
                    "hosts": {
                      "type": "array",
                      "maxItems": 32,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 253,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.matches('^([*][.])?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*[.]?$') || self.matches('^\\\\[[0-9A-Fa-f:.]+\\\\]$')",
                            "message": "a host is a name such as api.example.com or *.example.com, without scheme, port or path; leave hosts out for any"
                          }
                        ]
                      }
                    },
                    "mcp": {
                      "type": "object",
                      "properties": {
                        "methods": {
                          "type": "array",
                          "maxItems": 32,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 128,
                            "pattern": "^[!-+\\--~]+$"
                          }
                        },
                        "names": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 1024,
                            "x-kubernetes-validations": [
                              {
                                "rule": "!self.contains('*') || self.indexOf('*') == size(self) - 1",
                                "message": "a name is exact, or has one * at its end, as in admin_*"
                              }
                            ]
                          }
                        }
                      }
                    }
                  }
                },
                "authentication": {
                  "type": "string",
                  "enum": [
                    "None",
                    "Optional",
                    "Required",
                    "Deny"
                  ]
                },
                "sources": {
                  "type": "array",
                  "maxItems": 16,
                  "x-kubernetes-list-type": "atomic",
                  "items": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 253
                  }
                },
                "require": {
                  "type": "object",
                  "properties": {
                    "roles": {
                      "type": "object",
                      "properties": {
                        "anyOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        },
                        "allOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        },
                        "noneOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        }
                      }
                    },
                    "scopes": {
                      "type": "object",
                      "properties": {
                        "anyOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        },
                        "allOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        },
                        "noneOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        }
                      }
                    },
                    "claims": {
                      "type": "array",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "object",
                        "required": [
                          "claim"
                        ],
                        "x-kubernetes-validations": [
                          {
                            "rule": "(has(self.anyOf) && size(self.anyOf) > 0) || (has(self.allOf) && size(self.allOf) > 0) || (has(self.noneOf) && size(self.noneOf) > 0)",
                            "message": "this asks nothing of the claim: name values in anyOf, allOf or noneOf, or use an expression such as has(claims.department)"
                          }
                        ],
                        "properties": {
                          "claim": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          },
                          "anyOf": {
                            "type": "array",
                            "maxItems": 64,
                            "x-kubernetes-list-type": "atomic",
                            "items": {
                              "type": "string",
                              "maxLength": 256
                            }
                          },
                          "allOf": {
                            "type": "array",
                            "maxItems": 64,
                            "x-kubernetes-list-type": "atomic",
                            "items": {
                              "type": "string",
                              "maxLength": 256
                            }
                          },
                          "noneOf": {
                            "type": "array",
                            "maxItems": 64,
                            "x-kubernetes-list-type": "atomic",
                            "items": {
                              "type": "string",
                              "maxLength": 256
                            }
                          }
                        }
                      }
                    },
                    "clients": {
                      "type": "object",
                      "properties": {
                        "anyOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        },
                        "noneOf": {
                          "type": "array",
                          "maxItems": 64,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 256
                          }
                        }
                      }
                    },
                    "authentication": {
                      "type": "object",
                      "x-kubernetes-validations": [
                        {
                          "rule": "(has(self.acr) && size(self.acr) > 0) || has(self.maxAge)",
                          "message": "this asks nothing of the login: name values in acr, or maxAge, or both"
                        }
                      ],
                      "properties": {
                        "acr": {
                          "type": "array",
                          "maxItems": 16,
                          "x-kubernetes-list-type": "atomic",
                          "items": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 128,
                            "pattern": "^[!#-\\[\\]-~]+$"
                          }
                        },
                        "maxAge": {
                          "type": "string",
                          "maxLength": 32,
                          "pattern": "^([0-9]{1,5}(h|m|s)){1,3}$",
                          "x-kubernetes-validations": [
                            {
                              "rule": "duration(self) > duration('0s')",
                              "message": "maxAge must be longer than 0s, for a login is over when its token comes"
                            }
                          ]
                        }
                      }
                    },
                    "expressions": {
                      "type": "array",
                      "maxItems": 16,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "object",
                        "required": [
                          "expression"
                        ],
                        "properties": {
                          "expression": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 2048
                          },
                          "message": {
                            "type": "string",
                            "maxLength": 256
                          },
                          "scopes": {
                            "type": "array",
                            "maxItems": 16,
                            "x-kubernetes-list-type": "atomic",
                            "items": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 128,
                              "pattern": "^[!#-\\[\\]-~]+$"
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          },
          "forward": {
            "type": "object",
            "default": {
              "user": "x-auth-user",
              "roles": "x-auth-roles",
              "scopes": "x-auth-scopes",
              "source": "x-auth-source",
              "payload": ""
            },
            "x-kubernetes-validations": [
              {
                "rule": "([self.user, self.roles, self.scopes, self.source, self.payload] + (has(self.claims) ? self.claims.map(c, c.header) : [])).all(x, x == '' || ([self.user, self.roles, self.scopes, self.source, self.payload] + (has(self.claims) ? self.claims.map(c, c.header) : [])).exists_one(y, x.lowerAscii() == y.lowerAscii()))",
                "message": "the names of forwarded headers must differ (capitals do not count)"
              }
            ],
            "properties": {
              "user": {
                "type": "string",
                "default": "x-auth-user",
                "maxLength": 128,
                "x-kubernetes-validations": [
                  {
                    "rule": "self == '' || (self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)'))",
                    "message": "a forwarded header's name starts with x-, is made of letters, digits and hyphens, and is none of x-forwarded-*, x-envoy-* and x-portcullis-*, which proxies and Portcullis use themselves; \"\" forwards nothing"
                  }
                ]
              },
              "roles": {
                "type": "string",
                "default": "x-auth-roles",
                "maxLength": 128,
                "x-kubernetes-validations": [
                  {
                    "rule": "self == '' || (self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)'))",
                    "message": "a forwarded header's name starts with x-, is made of letters, digits and hyphens, and is none of x-forwarded-*, x-envoy-* and x-portcullis-*, which proxies and Portcullis use themselves; \"\" forwards nothing"
                  }
                ]
              },
              "scopes": {
                "type": "string",
                "default": "x-auth-scopes",
                "maxLength": 128,
                "x-kubernetes-validations": [
                  {
                    "rule": "self == '' || (self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)'))",
                    "message": "a forwarded header's name starts with x-, is made of letters, digits and hyphens, and is none of x-forwarded-*, x-envoy-* and x-portcullis-*, which proxies and Portcullis use themselves; \"\" forwards nothing"
                  }
                ]
              },
              "source": {
                "type": "string",
                "default": "x-auth-source",
                "maxLength": 128,
                "x-kubernetes-validations": [
                  {
                    "rule": "self == '' || (self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)'))",
                    "message": "a forwarded header's name starts with x-, is made of letters, digits and hyphens, and is none of x-forwarded-*, x-envoy-* and x-portcullis-*, which proxies and Portcullis use themselves; \"\" forwards nothing"
                  }
                ]
              },
              "payload": {
                "type": "string",
                "default": "",
                "maxLength": 128,
                "x-kubernetes-validations": [
                  {
                    "rule": "self == '' || (self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)'))",
                    "message": "a forwarded header's name starts with x-, is made of letters, digits and hyphens, and is none of x-forwarded-*, x-envoy-* and x-portcullis-*, which proxies and Portcullis use themselves; \"\" forwards nothing"
                  }
                ]
              },
              "claims": {
                "type": "array",
                "maxItems": 32,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "object",
                  "required": [
                    "claim",
                    "header"
                  ],
                  "properties": {
                    "claim": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 256
                    },
                    "header": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 128,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[xX]-[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$')",
                          "message": "a forwarded header's name starts with x- and is made of letters, digits and hyphens"
                        },
                        {
                          "rule": "!self.matches('^(?i:x-(forwarded|envoy|portcullis))(-|$)')",
                          "message": "x-forwarded-*, x-envoy-* and x-portcullis-* are not free: proxies and Portcullis use them themselves"
                        }
                      ]
                    }
                  }
                }
              },
              "token": {
                "type": "string",
                "enum": [
                  "Keep",
                  "Remove"
                ]
              }
            }
          },
          "cors": {
            "type": "object",
            "default": {},
            "properties": {
              "preflight": {
                "type": "string",
                "enum": [
                  "Allow",
                  "Check"
                ],
                "default": "Allow"
              },
              "allowOrigins": {
                "type": "array",
                "maxItems": 32,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 256,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._-]+|\\\\[[0-9A-Fa-f:.]+\\\\])(:[0-9]{1,5})?$')",
                      "message": "an origin is scheme://host or scheme://host:port, such as https://shop.example, without path, slash at the end or wildcard"
                    }
                  ]
                }
              }
            }
          },
          "realm": {
            "type": "string",
            "minLength": 1,
            "maxLength": 128,
            "x-kubernetes-validations": [
              {
                "rule": "self.matches('^[ !#-\\\\[\\\\]-~]+$')",
                "message": "a realm is printable ASCII without double quotes and backslashes"
              }
            ]
          },
          "resourceMetadata": {
            "type": "string",
            "default": "",
            "maxLength": 2048,
            "x-kubernetes-validations": [
              {
                "rule": "self == '' || self.matches('^https?://[^/?#@\\\\p{Z}\\\\p{Cc}\\\\\\\\]+([/?][!#-\\\\[\\\\]-~]*)?$')",
                "message": "resourceMetadata must be a whole URL such as https://api.example.com/.well-known/oauth-protected-resource"
              }
            ]
          },
          "resource": {
            "type": "object",
            "required": [
              "identifier"
            ],
            "properties": {
              "identifier": {
                "type": "string",
                "minLength": 9,
                "maxLength": 512,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^(https://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\\\\[[0-9a-f:.]+\\\\])|http://(localhost|127(\\\\.[0-9]{1,3}){3}|\\\\[::1\\\\]))(:[1-9][0-9]{0,4})?(/.*)?$')",
                    "message": "an identifier is an https URL such as https://mcp.example.com/mcp, with scheme and host in lower case, and without a user; http is for this machine alone (localhost, 127.0.0.1, [::1])"
                  },
                  {
                    "rule": "!self.matches('^(https://[^/]*:443|http://[^/]*:80)(/|$)')",
                    "message": "leave the port out: it is the scheme's own"
                  },
                  {
                    "rule": "!self.contains('?') && !self.contains('#')",
                    "message": "an identifier has no query and no fragment"
                  },
                  {
                    "rule": "self.matches('^[a-z]+://[^/]*(/([A-Za-z0-9._~!$&-;=@?#]|%[0-9A-F][0-9A-F])*)?$')",
                    "message": "a path is made of the characters of RFC 3986; others are written %XX, with digits and capital letters"
                  },
                  {
                    "rule": "!self.matches('%(2D|2E|5F|7E|3[0-9]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|2F|5C|[01]|7F)')",
                    "message": "a percent sign must hide no letter, digit, hyphen, dot, underscore, tilde, slash, backslash or control: write the character itself"
                  },
                  {
                    "rule": "!self.matches('^[a-z]+://[^/]*/(.*/)?[.]{0,2}/') && !self.matches('/[.][.]?$')",
                    "message": "a path holds no //, /./ or /../: servers read those as another path"
                  }
                ]
              },
              "audiences": {
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 512
                }
              },
              "metadata": {
                "type": "string",
                "enum": [
                  "Serve",
                  "None"
                ],
                "default": "Serve"
              },
              "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 128
              },
              "documentation": {
                "type": "string",
                "maxLength": 2048,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^https?://[^/?#@\\\\p{Z}\\\\p{Cc}\\\\\\\\]+([/?#][!#-\\\\[\\\\]-~]*)?$')",
                    "message": "documentation must be a whole URL such as https://docs.example.com/mcp"
                  }
                ]
              },
              "scopes": {
                "type": "array",
                "maxItems": 64,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 256,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[!#-\\\\[\\\\]-~]+$')",
                      "message": "a scope is printable ASCII without spaces, double quotes and backslashes (RFC 6749)"
                    }
                  ]
                }
              }
            }
          },
          "answers": {
            "type": "object",
            "properties": {
              "login": {
                "type": "object",
                "required": [
                  "url",
                  "hosts"
                ],
                "properties": {
                  "url": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 1024,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^(https://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\\\\[[0-9a-f:.]+\\\\])|http://(localhost|127(\\\\.[0-9]{1,3}){3}|\\\\[::1\\\\]))(:[1-9][0-9]{0,4})?[/?#]')",
                        "message": "a login page is an https URL such as https://login.example/start?rd={url}, with scheme and host in lower case, and without a user; http is for this machine alone (localhost, 127.0.0.1, [::1])"
                      },
                      {
                        "rule": "self.matches('^[^{}]*[{]url[}][^{}]*$')",
                        "message": "{url} stands in it once, where the address to come back to is put, and no other brace, as in https://login.example/start?rd={url}"
                      },
                      {
                        "rule": "self.matches('^([A-Za-z0-9._~!$&-;=@?#{}\\\\[\\\\]]|%[0-9A-Fa-f][0-9A-Fa-f])*$')",
                        "message": "a URL is made of the characters of RFC 3986; others are written %XX"
                      }
                    ]
                  },
                  "hosts": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 16,
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 260,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*|\\\\[[0-9A-Fa-f:.]+\\\\])(:[1-9][0-9]{0,4})?$')",
                          "message": "a host is a name such as shop.example or localhost:8080, without wildcard, scheme or path"
                        }
                      ]
                    }
                  }
                }
              },
              "denied": {
                "type": "array",
                "maxItems": 8,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "object",
                  "required": [
                    "statuses",
                    "contentType",
                    "body"
                  ],
                  "properties": {
                    "statuses": {
                      "type": "array",
                      "minItems": 1,
                      "maxItems": 5,
                      "x-kubernetes-list-type": "atomic",
                      "items": {
                        "type": "integer",
                        "format": "int32",
                        "x-kubernetes-validations": [
                          {
                            "rule": "self in [400, 401, 403, 405, 503]",
                            "message": "a denial has the status 400, 401, 403, 405 or 503"
                          }
                        ]
                      }
                    },
                    "contentType": {
                      "type": "string",
                      "maxLength": 128,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^(application/([a-z0-9]([a-z0-9.-]*[a-z0-9])?[+])?json|text/html|text/plain)$')",
                          "message": "contentType is application/json, application/(name)+json, text/html or text/plain, in lower case and without parameters"
                        }
                      ]
                    },
                    "body": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 4096
                    }
                  }
                }
              }
            }
          },
          "rollout": {
            "type": "string",
            "enum": [
              "Manual",
              "Automatic"
            ],
            "default": "Manual"
          },
          "mcp": {
            "type": "object",
            "required": [
              "versions"
            ],
            "properties": {
              "versions": {
                "type": "array",
                "minItems": 1,
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 32,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}$')",
                      "message": "a version of MCP is a date such as \"2026-07-28\"; write it in quotes, for YAML makes a time of it without them"
                    },
                    {
                      "rule": "!self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}$') || self >= '2026-07-28'",
                      "message": "versions before 2026-07-28 have no headers for method and name, so no rule could go by them; mcp.other says what becomes of their requests"
                    }
                  ]
                }
              },
              "other": {
                "type": "string",
                "enum": [
                  "Deny",
                  "Pass"
                ],
                "default": "Deny"
              }
            }
          }
        }
      },
      "status": {
        "type": "object",
        "default": {
          "conditions": [
            {
              "type": "Ready",
              "status": "Unknown",
              "reason": "Pending",
              "message": "Waiting for the control plane",
              "lastTransitionTime": "1970-01-01T00:00:00Z"
            }
          ]
        },
        "properties": {
          "observedGeneration": {
            "type": "integer",
            "format": "int64",
            "minimum": 0
          },
          "sourceCount": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "validators": {
            "type": "object",
            "required": [
              "current",
              "total",
              "summary"
            ],
            "properties": {
              "current": {
                "type": "integer",
                "format": "int32",
                "minimum": 0
              },
              "total": {
                "type": "integer",
                "format": "int32",
                "minimum": 0
              },
              "summary": {
                "type": "string",
                "maxLength": 32
              }
            }
          },
          "podsUnguarded": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "podsOutdated": {
            "type": "integer",
            "format": "int32",
            "minimum": 0
          },
          "trial": {
            "type": "object",
            "required": [
              "wouldDeny",
              "since"
            ],
            "properties": {
              "wouldDeny": {
                "type": "integer",
                "format": "int64",
                "minimum": 0
              },
              "since": {
                "type": "string",
                "format": "date-time"
              }
            }
          },
          "conditions": {
            "type": "array",
            "maxItems": 16,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": [
              "type"
            ],
            "items": {
              "type": "object",
              "required": [
                "type",
                "status",
                "lastTransitionTime",
                "reason",
                "message"
              ],
              "properties": {
                "type": {
                  "type": "string",
                  "maxLength": 316,
                  "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
                },
                "status": {
                  "type": "string",
                  "enum": [
                    "True",
                    "False",
                    "Unknown"
                  ]
                },
                "observedGeneration": {
                  "type": "integer",
                  "format": "int64",
                  "minimum": 0
                },
                "lastTransitionTime": {
                  "type": "string",
                  "format": "date-time"
                },
                "reason": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024,
                  "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                },
                "message": {
                  "type": "string",
                  "maxLength": 32768
                }
              }
            }
          }
        }
      }
    }
  },
};
