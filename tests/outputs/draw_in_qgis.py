"""Run by the Python that has QGIS: draws layers of a GeoPackage as they open; prints what it saw.

python3 draw_in_qgis.py plan.gpkg out.png offices,flows,regions,municipalities
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

GROUND = QColor("#dfe7eb")


def main(file: str, picture: str, names: list[str]) -> None:
    """Load each layer with the style that the file holds for it, and draw them together."""
    application = QgsApplication([], False)
    application.initQgis()
    layers, told = [], {}
    for name in names:
        layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
        message, styled = layer.loadDefaultStyle()
        told[name] = {
            "valid": layer.isValid(),
            "styled": styled,
            "message": message,
            "reference": layer.crs().authid(),
            "renderer": layer.renderer().type(),
            "legend": [one.label() for one in layer.renderer().legendSymbolItems()],
            "aliases": [layer.attributeAlias(at) for at in range(layer.fields().count())],
            "labels": layer.labelsEnabled(),
        }
        layers.append(layer)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(600, 900))
    settings.setBackgroundColor(GROUND)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(layers[-1].extent())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture)
    colours = {image.pixelColor(x, y).name() for x in range(600) for y in range(900)}
    told["colours"] = sorted(colours - {GROUND.name()})
    told["errors"] = [one.message for one in job.errors()]
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)  # leaving in good order crashes where Python frees what QGIS still holds


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3].split(","))
