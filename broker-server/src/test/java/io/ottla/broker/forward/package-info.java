@NullMarked
package io.ottla.broker.forward;

import org.jspecify.annotations.NullMarked;
