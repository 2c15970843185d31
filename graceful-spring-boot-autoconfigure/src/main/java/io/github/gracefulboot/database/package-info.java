/**
 * Waits for databases during the start, and for borrowed connections before Spring
 * destroys the pools. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.database;

import org.jspecify.annotations.NullMarked;
