/**
 * Waits for borrowed database connections before Spring destroys the pools.
 */
@NullMarked
package io.github.gracefulboot.datasource;

import org.jspecify.annotations.NullMarked;
