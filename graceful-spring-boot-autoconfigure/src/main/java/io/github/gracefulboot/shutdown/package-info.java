/**
 * The core: the stages of a stop in their order, the one budget that they share, and the
 * interfaces by which the concerns take part. Imports no concern. Internal, and subject
 * to change.
 */
@NullMarked
package io.github.gracefulboot.shutdown;

import org.jspecify.annotations.NullMarked;
