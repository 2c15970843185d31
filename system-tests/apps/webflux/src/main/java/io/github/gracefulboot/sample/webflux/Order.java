package io.github.gracefulboot.sample.webflux;

/**
 * An order as it is stored.
 *
 * @param id the number given by the database
 * @param item what was ordered
 * @param quantity how many of it
 */
record Order(long id, String item, int quantity) {
}
