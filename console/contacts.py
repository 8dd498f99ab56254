"""A contact as the team names it: two words and a number made of our random id, the same on every page and for everybody.

Nobody can read out or remember an id of 36 signs, nor say it to a colleague. Nothing of the person is in the words: the
id is random. They are names of things, none of them a name that people have or a word with an accent, and the same in
every language of the console, so that two colleagues mean the same. 4,096 pairs with 10,000 numbers: of 120,000 contacts
hardly two share one (the chance that a given name is taken twice is 0.3 %), and the address of the page decides, never
the name.
"""

from __future__ import annotations

from uuid import UUID

_FIRST = (  # noqa: SIM905 - words, not a list of signs
    "Abeto Acacia Alga Alerce Aloe Arce Arena Avena Bajamar Balsa Bejuco Barca Barro Boya Brisa Bruma "
    "Cabo Cacao Cactus Caoba Cedro Ceiba Cerro Ciruela Clavel Cobre Coco Corteza Corcho Costa Cuarzo Delta "
    "Duna Encina Espiga Fresa Fresno Girasol Granito Guayaba Helecho Isla Jara Junco Lago Laurel Lava Lima "
    "Liana Lirio Loto Mango Mangle Marea Menta Musgo Nardo Nieve Nube Olivo Onda Palma Pera Pino"
).split()
_SECOND = (  # noqa: SIM905 - the same
    "Aldea Alambre Ancla Anzuelo Aro Atril Azul Barniz Bronce Brote Campana Canela Canoa Carrete Cesta Cielo "
    "Cinta Claro Cometa Cuerda Dorado Eco Escala Farol Fibra Flecha Fuente Gris Hilo Hoja Humo Jarra "
    "Ladrillo Lana Lienzo Llave Lupa Loma Madera Malva Mapa Mimbre Molino Mosaico Nuez Ocre Papel Piedra "
    "Plata Pluma Puente Quilla Rama Rayo Red Remo Rojo Sal Seda Sello Teja Tiza Vela Verde"
).split()


def name(contact: UUID) -> str:
    """The name of a contact: "Ceiba Canoa 0412"."""
    number = contact.int
    number, first = divmod(number, len(_FIRST))
    number, second = divmod(number, len(_SECOND))
    return f"{_FIRST[first]} {_SECOND[second]} {number % 10_000:04}"
