package io.github.gracefulboot.sample.webflux;

/**
 * An order as a customer sends it, not yet checked.
 *
 * @param item what is ordered, may be missing
 * @param quantity how many of it, may be missing
 */
record NewOrder(String item, Integer quantity) {
}
