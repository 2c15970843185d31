/**
 * Waits for borrowed database connections before Spring destroys the pools.
 */
@NullMarked
package io.github.gracefulboot.database;

import org.jspecify.annotations.NullMarked;
