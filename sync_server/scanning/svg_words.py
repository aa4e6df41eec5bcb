"""The elements and attributes of SVG that are known to be harmless."""

from __future__ import annotations

_ELEMENTS = """
svg g defs symbol use title desc metadata switch style path rect circle ellipse line polyline polygon text tspan
textPath image linearGradient radialGradient stop pattern clipPath mask marker filter feBlend feColorMatrix
feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
feSpecularLighting feSpotLight feTile feTurbulence animate animateTransform animateMotion mpath
"""
_ATTRIBUTES = """
id class style transform viewBox preserveAspectRatio version width height x y dx dy x1 y1 x2 y2 cx cy r rx ry fx fy fr
d points pathLength rotate offset color fill fill-opacity fill-rule stroke stroke-dasharray stroke-dashoffset
stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width opacity visibility display overflow
clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits mask-type filter filterUnits primitiveUnits
gradientUnits gradientTransform spreadMethod stop-color stop-opacity patternUnits patternContentUnits patternTransform
marker-start marker-mid marker-end markerUnits markerWidth markerHeight refX refY orient font-family font-size
font-style font-weight font-variant letter-spacing word-spacing text-anchor dominant-baseline alignment-baseline
baseline-shift text-decoration textLength lengthAdjust startOffset method spacing side paint-order shape-rendering
text-rendering image-rendering color-interpolation color-interpolation-filters vector-effect mix-blend-mode isolation
in in2 result mode type values tableValues slope intercept amplitude exponent operator k1 k2 k3 k4 order kernelMatrix
divisor bias targetX targetY edgeMode preserveAlpha surfaceScale diffuseConstant specularConstant specularExponent
limitingConeAngle pointsAtX pointsAtY pointsAtZ z azimuth elevation scale xChannelSelector yChannelSelector
flood-color flood-opacity lighting-color stdDeviation radius baseFrequency numOctaves seed stitchTiles attributeName
attributeType begin dur end min max restart repeatCount repeatDur calcMode keyTimes keySplines keyPoints from to by
additive accumulate path origin media role aria-label aria-hidden
"""

ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
